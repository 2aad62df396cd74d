"""From results to pictures: exact figures become floats here, and nowhere above."""
