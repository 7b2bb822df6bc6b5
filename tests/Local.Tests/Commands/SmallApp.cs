using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace CloudNative.Local.Commands;

/// <summary>An app that answers everything with 404, as one without subscriptions does.</summary>
internal sealed class SmallApp : IAsyncDisposable
{
    private readonly WebApplication app;

    public SmallApp(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        app = builder.Build();
    }

    public Task StartAsync() => app.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
