using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CloudNative.BuildingBlocks.Hosting;

/// <summary>What every service has in common: address, sidecar client, health, problem details, telemetry.</summary>
public static class ServiceDefaults
{
    /// <summary>
    /// The largest request body in bytes unless <c>Http:MaxRequestBodyBytes</c> says otherwise: 1 MiB. Deliveries of the sidecar
    /// have a limit of their own, since a refused delivery would come again for ever.
    /// </summary>
    public const long DefaultMaxRequestBodyBytes = 1024 * 1024;

    /// <summary>
    /// Call first in a Program. The service listens on 127.0.0.1 at <c>APP_PORT</c>, which a Dapr run gives it, unless
    /// <c>ASPNETCORE_URLS</c> or <c>--urls</c> names an address. Telemetry is exported only where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        AddQuietLogLevels(builder.Configuration);
        ListenOnAppPort(builder);
        builder.WebHost.ConfigureKestrel(ConfigureServer);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(AppIdentity.From(builder.Configuration, builder.Environment));
        builder.Services.AddHealthChecks();
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<DependencyAwayHandler>();
        builder.Services.AddSidecarClient(builder.Configuration);
        builder.Services.AddTelemetry(builder.Configuration);
        return builder;
    }

    /// <summary>
    /// Maps <c>GET /healthz</c>, and turns every failure that no endpoint answers itself into problem+json without exception texts.
    /// Call before the service's own endpoints.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler(new ExceptionHandlerOptions { StatusCodeSelector = StatusOf });
        app.UseStatusCodePages();
        app.MapHealthChecks("/healthz", new HealthCheckOptions { AllowCachingResponses = false });
        return app;
    }

    // The server's own refusals (too large, cut off, bad framing) are the caller's.
    private static int StatusOf(Exception exception) =>
        exception is Microsoft.AspNetCore.Http.BadHttpRequestException refused ? refused.StatusCode : StatusCodes.Status500InternalServerError;

    // A line per request would cost more than the request; a configured level still wins over these.
    private static void AddQuietLogLevels(ConfigurationManager configuration) =>
        ((IConfigurationBuilder)configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:System.Net.Http"] = "Warning",
                ["Logging:LogLevel:Grpc"] = "Warning",
            },
        });

    private static void ListenOnAppPort(WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (string.IsNullOrEmpty(configuration[WebHostDefaults.ServerUrlsKey]) && configuration["APP_PORT"] is { Length: > 0 } port)
            builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
    }

    private static void ConfigureServer(WebHostBuilderContext context, KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = context.Configuration.GetValue("Http:MaxRequestBodyBytes", DefaultMaxRequestBodyBytes);
    }
}
