namespace CloudNative.AnalyticsBff;

/// <summary>
/// What an event does to a counter: <paramref name="Amount"/> (1, or -1 for a retraction) to the column of its type, of its user, in its month.
/// <paramref name="Marker"/> is the key within a view that makes it happen once.
/// </summary>
internal sealed record Increment(string Marker, string User, string Month, string Column, int Amount);
