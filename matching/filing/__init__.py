"""Problems and plans as JSON: the parts behind ``matching.files``."""
