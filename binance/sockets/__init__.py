"""What a user asked for: subscriptions, their shards, and the one door to the user's code."""
