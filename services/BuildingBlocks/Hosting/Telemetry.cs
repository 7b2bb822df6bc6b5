using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace CloudNative.BuildingBlocks.Hosting;

internal static class Telemetry
{
    /// <summary>Every meter and activity source of this repository begins so.</summary>
    public const string Names = "CloudNative.*";

    /// <summary>Traces and metrics by OTLP; nothing at all, and no cost, where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is not set.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return services;
        services.AddOpenTelemetry()
            .ConfigureResource(resource => AddName(resource, configuration))
            .WithTracing(tracing => tracing
                .AddSource(Names)
                .AddAspNetCoreInstrumentation(o => o.Filter = context => !context.Request.Path.StartsWithSegments("/healthz", StringComparison.Ordinal))
                .AddHttpClientInstrumentation()
                .AddOtlpExporter())
            .WithMetrics(metrics => metrics
                .AddMeter(Names)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddOtlpExporter());
        return services;
    }

    private static void AddName(ResourceBuilder resource, IConfiguration configuration)
    {
        // OTEL_SERVICE_NAME is read by the library itself and wins.
        if (string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"]) && configuration["APP_ID"] is { Length: > 0 } appId)
            resource.AddService(appId);
    }
}
