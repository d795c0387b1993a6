"""Evidence for log.html: an excerpt of a trace as a table and a picture."""
