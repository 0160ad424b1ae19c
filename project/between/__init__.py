"""What lets the apps serve one another without importing one another: one offers, the other asks, here."""
