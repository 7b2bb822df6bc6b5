using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CloudNative.Local.Resiliency;
using CloudNative.Local.Sidecars.Http;

namespace CloudNative.Local.Sidecars.Invoking;

/// <summary>
/// Brings a call to an app: to the own one, to one of the same run, or through the sidecar that another process runs for it. The policies for the
/// callee hold; an answer outside of 200 to 399 counts as a failure for them, and is still an answer.
/// </summary>
internal sealed class AppInvoker : IDisposable
{
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly SidecarOptions options;
    private readonly Func<string, Peer?> peers;
    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        // Below the 130 s after which Kestrel ends an idle connection.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        UseCookies = false,
        UseProxy = false,
    });

    public AppInvoker(SidecarOptions options, Func<string, Peer?> peers)
    {
        this.options = options;
        this.peers = peers;
    }

    /// <exception cref="ApiException">There is no such app, or its sidecar has none.</exception>
    public Peer Find(string appId)
    {
        var callee = appId == options.AppId
            ? new Peer(appId, options.AppPort, options.AppApiToken) { Gate = options.AppGate }
            : peers(appId) ?? throw Invocation.Failure(appId, $"couldn't find service: {appId}");
        return callee.Port is null ? throw Invocation.Failure(appId, "cannot invoke local endpoint: app channel not initialized") : callee;
    }

    /// <param name="pathAndQuery">Goes out as it is.</param>
    /// <param name="request">Made anew for each attempt; its address is filled in here.</param>
    /// <param name="isRepeatable">Whether it can be made more than once.</param>
    /// <exception cref="ApiException">No answer came about.</exception>
    public async Task<HttpResponseMessage> InvokeAsync(
        Peer callee, string pathAndQuery, Func<HttpRequestMessage> request, bool isRepeatable, CancellationToken cancellationToken)
    {
        HttpResponseMessage? answer = null;
        Exception? problem = null;
        var (policy, isBuiltIn) = Policy(callee, pathAndQuery);
        var outcome = await policy.RunAsync(AttemptAsync, cancellationToken);
        if (outcome.Failure is { IsByPolicy: true } byPolicy)
            throw Invocation.Failure(callee.AppId, byPolicy.Text);
        return answer ?? throw Invocation.Failure(callee.AppId, InvocationProblem.Text(problem!, callee, isBuiltIn));

        async ValueTask<CallOutcome<bool>> AttemptAsync(CancellationToken attempt)
        {
            answer?.Dispose();
            (answer, problem) = await TryAsync(callee, pathAndQuery, request, attempt);
            return new CallOutcome<bool>(false, Failure(answer, problem, isRepeatable, isBuiltIn));
        }
    }

    public void Dispose() => client.Dispose();

    private (CallPolicy Policy, bool IsBuiltIn) Policy(Peer callee, string pathAndQuery) =>
        callee.InternalPort is not null && !options.Resiliency.HasTarget(callee.AppId)
            ? (options.Resiliency.ForBuiltInInvocation(), true)
            : (options.Resiliency.ForApp(callee.AppId, $"{callee.AppId}:{pathAndQuery.Split('?')[0].TrimStart('/')}"), false);

    /// <summary>The built-in policy repeats only what did not reach the other sidecar.</summary>
    private static CallFailure? Failure(HttpResponseMessage? answer, Exception? problem, bool isRepeatable, bool isBuiltIn)
    {
        if (answer is { StatusCode: >= HttpStatusCode.OK and < HttpStatusCode.BadRequest })
            return null;
        if (isBuiltIn)
            return problem is not null && InvocationProblem.IsRefusal(problem) ? CallFailure.Uncoded : CallFailure.Final;
        if (!isRepeatable)
            return CallFailure.Final;
        return answer is null ? CallFailure.Uncoded : CallFailure.Http((int)answer.StatusCode);
    }

    private async Task<(HttpResponseMessage? Answer, Exception? Problem)> TryAsync(
        Peer callee, string pathAndQuery, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        if (callee.Gate is { IsHealthy: false })
            return (null, new UnhealthyAppException());
        // Asked anew: another process may have taken the app over meanwhile.
        var port = (callee.InternalPort is null ? callee : peers(callee.AppId) ?? callee).Port;
        using var request = make();
        request.RequestUri = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{pathAndQuery}"), AsItIs);
        using var turn = callee.Gate is { } gate ? await gate.EnterAsync(cancellationToken) : default;
        try
        {
            await RefuseOversizeAsync(request, port!.Value, cancellationToken);
            return (await client.SendAsync(request, cancellationToken), null);
        }
        catch (Exception failure) when (failure is HttpRequestException or BodyTooLargeException or SocketException)
        {
            return (null, new InvocationException(request, failure));
        }
    }

    /// <summary>A body that is announced as larger than the sidecar takes is not sent; the connection for it is made, as the caller is told of it.</summary>
    private async Task RefuseOversizeAsync(HttpRequestMessage request, int port, CancellationToken cancellationToken)
    {
        if (request.Content?.Headers.ContentLength is not { } length || length <= options.MaxBodySizeBytes)
            return;
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        throw new BodyTooLargeException($"readfrom tcp {socket.LocalEndPoint}->{socket.RemoteEndPoint}: ");
    }
}
