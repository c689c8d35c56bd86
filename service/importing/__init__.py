"""Files in: read, checked as a whole, and stored all or nothing."""
