namespace CloudNative.Local.Sidecars.App;

/// <summary>An app's health as its probes tell: one success makes it healthy, only so many failures in a row unhealthy. It starts unhealthy.</summary>
public readonly record struct AppHealth(bool IsHealthy, int Failures)
{
    /// <param name="threshold">Failures in a row after which it counts as unhealthy.</param>
    public AppHealth After(bool succeeded, int threshold) => succeeded
        ? new AppHealth(true, 0)
        : new AppHealth(IsHealthy && Failures + 1 < threshold, Failures + 1);
}
