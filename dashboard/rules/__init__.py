"""Rules over what is measured, and the alerts that they raise."""
