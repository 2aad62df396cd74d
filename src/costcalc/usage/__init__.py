"""What logs say of real traffic: read, counted by an engine, and priced as any other workload is."""
