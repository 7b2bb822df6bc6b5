namespace CloudNative.Local.Sidecars;

/// <summary>An <see cref="IApi"/> that also has work of its own to do for the app.</summary>
public interface IAppLifecycle
{
    /// <summary>
    /// Called once: when the app's port accepts connections (at start where there is no app), or with a health check, when it first finds the app well.
    /// Without a health check the sidecar reports itself ready when all of these have returned; a failure is logged and leaves it not ready.
    /// </summary>
    Task OnAppListeningAsync(CancellationToken cancellationToken);

    /// <summary>Called after <see cref="OnAppListeningAsync"/>, each time the health check finds that the app is no longer well, or well again.</summary>
    Task OnAppHealthChangedAsync(bool isHealthy, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes no new work and finishes what is in hand. The API may still answer meanwhile, or no longer. Called once or twice.</summary>
    /// <param name="cancellationToken">Set when the time for an orderly end is over.</param>
    Task DrainAsync(CancellationToken cancellationToken);
}
