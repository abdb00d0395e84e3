"""Where a moving camera is: sequences of pictures, tracking, maps, and finding a place again."""
