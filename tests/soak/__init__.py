"""`make soak`: the service under load and trouble for as long as one likes, every single answer looked at."""
