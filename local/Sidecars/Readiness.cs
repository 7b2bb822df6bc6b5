namespace CloudNative.Local.Sidecars;

/// <summary>How far a sidecar has come. Once ready it stays so, whatever becomes of the app, until it is told to stop.</summary>
internal sealed class Readiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isStopping;

    /// <summary>Completes when the app listens and every API has done what it does then.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Components and API ports are up: an app may use the sidecar, whether it listens itself or not.</summary>
    public bool IsOutboundReady { get; private set; }

    public bool IsReady => IsOutboundReady && _ready.Task.IsCompletedSuccessfully && !_isStopping;

    /// <summary>What daprd names as not ready: its last part to come up, or the first that ends.</summary>
    public string Missing => _isStopping ? "security-provider" : "runtime";

    public void OutboundIsReady() => IsOutboundReady = true;

    public void AppIsReady() => _ready.TrySetResult();

    public void Stops() => _isStopping = true;
}
