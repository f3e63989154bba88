"""`/supervisor/live`: tells open pages that something in their territory has changed; they fetch it themselves."""
