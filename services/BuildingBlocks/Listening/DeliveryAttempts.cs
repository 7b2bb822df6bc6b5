namespace CloudNative.BuildingBlocks.Listening;

/// <summary>
/// Counts failed deliveries by event id for brokers that do not tell the attempt. In memory and bounded: a restart, or many
/// failing events at once, gives an event more attempts, never fewer.
/// </summary>
internal sealed class DeliveryAttempts
{
    private const int Capacity = 10_000;
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> failures = [];
    private readonly Queue<string> oldest = [];

    /// <summary>Which attempt this failed delivery was, from 1.</summary>
    public int CountFailure(string eventId)
    {
        lock (gate)
        {
            if (failures.TryGetValue(eventId, out var before))
                return failures[eventId] = before + 1;
            while (failures.Count >= Capacity && oldest.TryDequeue(out var evicted))
                failures.Remove(evicted);
            oldest.Enqueue(eventId);
            return failures[eventId] = 1;
        }
    }

    public void Forget(string eventId)
    {
        lock (gate)
        {
            // Its entry in the queue stays until its turn; a queue much longer than the dictionary is rebuilt.
            failures.Remove(eventId);
            if (oldest.Count <= 2 * Capacity)
                return;
            var alive = oldest.Where(failures.ContainsKey).Distinct().ToList();
            oldest.Clear();
            alive.ForEach(oldest.Enqueue);
        }
    }
}
