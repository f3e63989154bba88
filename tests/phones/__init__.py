"""Promise 2.1: the whole house with a real telephone gateway. Run by `make test-phones`."""
