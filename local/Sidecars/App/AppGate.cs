namespace CloudNative.Local.Sidecars.App;

/// <summary>Whether a sidecar's app may be called at this moment, and how many calls it gets at a time. All that call it pass here.</summary>
public sealed class AppGate : IDisposable
{
    private readonly SemaphoreSlim? slots;
    private volatile bool isHealthy;

    /// <param name="startsHealthy">False where a health check has to find the app well first.</param>
    /// <param name="maxConcurrency">Zero or less: no limit.</param>
    public AppGate(bool startsHealthy, int maxConcurrency)
    {
        isHealthy = startsHealthy;
        slots = maxConcurrency > 0 ? new SemaphoreSlim(maxConcurrency) : null;
    }

    public bool IsHealthy
    {
        get => isHealthy;
        set => isHealthy = value;
    }

    /// <summary>Waits for its turn, which is over when the result is disposed.</summary>
    public async ValueTask<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        if (slots is not null)
            await slots.WaitAsync(cancellationToken);
        return new Turn(slots);
    }

    public void Dispose() => slots?.Dispose();

    /// <summary>One call's place among those that the app has at a time.</summary>
    public readonly struct Turn(SemaphoreSlim? slots) : IDisposable, IEquatable<Turn>
    {
        private readonly SemaphoreSlim? slots = slots;

        public void Dispose() => slots?.Release();

        public bool Equals(Turn other) => ReferenceEquals(slots, other.slots);

        public override bool Equals(object? obj) => obj is Turn other && Equals(other);

        public override int GetHashCode() => slots?.GetHashCode() ?? 0;

        public static bool operator ==(Turn left, Turn right) => left.Equals(right);

        public static bool operator !=(Turn left, Turn right) => !left.Equals(right);
    }
}
