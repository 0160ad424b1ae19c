"""What `project.server` adds to daphne, one noun a file. Nothing here knows Django."""
