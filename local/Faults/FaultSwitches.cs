using System.Collections.Concurrent;
using CloudNative.Local.Resources;

namespace CloudNative.Local.Faults;

/// <summary>Faults of one run of the host. They end by themselves after their time, and with the host.</summary>
public sealed class FaultSwitches(TimeProvider time) : IFaultSwitches
{
    private readonly ConcurrentDictionary<string, Fault> faults = new(StringComparer.Ordinal);

    /// <summary>From now on, for <paramref name="duration"/>, replacing what was switched before.</summary>
    public void Refuse(string component, TimeSpan duration) => faults[component] = new Fault(time.GetUtcNow() + duration, null);

    /// <summary>Each call waits that long before it goes on.</summary>
    public void Delay(string component, TimeSpan duration, TimeSpan delay) => faults[component] = new Fault(time.GetUtcNow() + duration, delay);

    public void Off(string component) => faults.TryRemove(component, out _);

    public async ValueTask PassAsync(string component, CancellationToken cancellationToken)
    {
        if (!faults.TryGetValue(component, out var fault))
            return;
        if (time.GetUtcNow() >= fault.Until)
        {
            faults.TryRemove(KeyValuePair.Create(component, fault));
            return;
        }
        if (fault.Delay is not { } delay)
            throw new ComponentException("refused by a fault switch");
        await Task.Delay(delay, time, cancellationToken);
    }

    private sealed record Fault(DateTimeOffset Until, TimeSpan? Delay);
}
