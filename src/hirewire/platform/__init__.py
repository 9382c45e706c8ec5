"""The middleware platform itself, served: tokens, tenants, throttles, resources, a journal. It knows no connector."""
