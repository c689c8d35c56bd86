"""Planning anew without upsetting people: few moves, and a reason for each."""
