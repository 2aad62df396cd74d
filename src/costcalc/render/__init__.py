"""From a report to text in the format that its reader wants; nothing here prints."""
