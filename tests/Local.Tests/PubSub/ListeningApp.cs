using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.Local.Tests.PubSub;

/// <summary>An app of the test's on a free port; what it answers is one delegate.</summary>
internal sealed class ListeningApp : IAsyncDisposable
{
    private readonly WebApplication application;

    private ListeningApp(WebApplication application)
    {
        this.application = application;
        Port = new Uri(application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port;
    }

    public int Port { get; }

    public static async Task<ListeningApp> StartAsync(Func<AppRequest, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        application.Run(async context => await answer(await AppRequest.ReadAsync(context), context));
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new ListeningApp(application);
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}

/// <summary>What reached the app. Header names are in lower case.</summary>
internal sealed record AppRequest(string Verb, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public static async Task<AppRequest> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return new AppRequest(
            context.Request.Method,
            context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            body.ToArray());
    }
}
