using Dapr.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CloudNative.BuildingBlocks.Hosting;

/// <summary>Where this process finds its sidecar, as the Dapr CLI and the Kubernetes injector say it in the environment.</summary>
internal sealed record SidecarAddress(string? HttpEndpoint, string? GrpcEndpoint, string? ApiToken)
{
    /// <summary>False when nothing names a sidecar, as in a test: there is none to wait for then.</summary>
    public bool IsKnown => HttpEndpoint is not null;

    public static SidecarAddress From(IConfiguration configuration) => new(
        Endpoint(configuration, "DAPR_HTTP_ENDPOINT", "DAPR_HTTP_PORT"),
        Endpoint(configuration, "DAPR_GRPC_ENDPOINT", "DAPR_GRPC_PORT"),
        NotEmpty(configuration["DAPR_API_TOKEN"]));

    public DaprClient CreateClient()
    {
        var builder = new DaprClientBuilder();
        if (HttpEndpoint is not null)
            builder.UseHttpEndpoint(HttpEndpoint);
        if (GrpcEndpoint is not null)
            builder.UseGrpcEndpoint(GrpcEndpoint);
        if (ApiToken is not null)
            builder.UseDaprApiToken(ApiToken);
        return builder.Build();
    }

    private static string? Endpoint(IConfiguration configuration, string endpoint, string port) =>
        NotEmpty(configuration[endpoint]) ?? (NotEmpty(configuration[port]) is { } number ? $"http://127.0.0.1:{number}" : null);

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

internal static class SidecarRegistration
{
    public static IServiceCollection AddSidecarClient(this IServiceCollection services, IConfiguration configuration)
    {
        var address = SidecarAddress.From(configuration);
        services.AddSingleton(address);
        services.AddSingleton(_ => address.CreateClient());
        services.AddOptions<SidecarStartOptions>()
            .BindConfiguration(SidecarStartOptions.Section)
            .Validate(o => o.Wait >= TimeSpan.Zero && o.Poll > TimeSpan.Zero, "Sidecar: Wait is at least 0, Poll above 0.")
            .ValidateOnStart();
        return services.AddHostedService<SidecarStart>();
    }
}
