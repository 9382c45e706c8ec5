"""Traffic in virtual time: the connector's own pricing and fairness against counted limits, with no network and no clock."""
