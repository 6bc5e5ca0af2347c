package bot

// ParseDays reads the days of a subscription as people and the configuration
// write them: "mon-fri", "weekdays", "Sat and Sun"; empty means every day. Its
// error is a [*UsageError].
func ParseDays(s string) (Days, error) { return daysArg(s) }
