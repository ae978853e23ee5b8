"""What the pytest plugin is made of; nothing here is imported before a scenario is collected."""
