"""How Django's own pages, the admin, write dates and times."""
