"""What is Vietnamese: telephone numbers, names, SMS texts, communes, holidays. Pure: no database, no network."""
