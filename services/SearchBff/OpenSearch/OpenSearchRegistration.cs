using System.Net;
using Amazon.Runtime;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.SearchBff.Indexing;
using Dapr;
using Dapr.Client;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CloudNative.SearchBff.OpenSearch;

internal static class OpenSearchRegistration
{
    /// <summary>Adds the OpenSearch that the settings name; false where they name none.</summary>
    public static bool TryAddOpenSearch(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<OpenSearchOptions>()
            .BindConfiguration(OpenSearchOptions.Section)
            .Validate(o => o.IsValid(), "OpenSearch: a setting is out of range, or both a user and a region are given; see OpenSearchOptions.")
            .ValidateOnStart();
        var options = configuration.GetSection(OpenSearchOptions.Section).Get<OpenSearchOptions>() ?? new OpenSearchOptions();
        if (options.Url.Length == 0)
            return false;
        services.AddOpenSearchClient(options);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton(provider => new BulkWriter(
            provider.GetRequiredService<OpenSearchClient>(), options.Backoff, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Random>(), provider.GetRequiredService<ILogger<BulkWriter>>()));
        services.TryAddSingleton<ISearchIndex, OpenSearchIndex>();
        return true;
    }

    private static async Task<string> ReadPasswordAsync(DaprClient dapr, string secret, CancellationToken cancellationToken)
    {
        try
        {
            var values = await dapr.GetSecretAsync("secrets", secret, cancellationToken: cancellationToken);
            return values[secret];
        }
        catch (Exception failure) when (failure is DaprException or KeyNotFoundException)
        {
            throw new DependencyUnavailableException("The password of OpenSearch could not be read.", failure);
        }
    }

    private static void AddOpenSearchClient(this IServiceCollection services, OpenSearchOptions options)
    {
        var client = services.AddHttpClient("opensearch", http =>
        {
            http.BaseAddress = new Uri(options.Url);
            // Each attempt and all of them together have limits of their own below.
            http.Timeout = Timeout.InfiniteTimeSpan;
        });
        client.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        });
        client.AddStandardResilienceHandler(resilience =>
        {
            resilience.AttemptTimeout.Timeout = options.RequestTimeout;
            resilience.TotalRequestTimeout.Timeout = options.RequestTimeout * 3;
            resilience.CircuitBreaker.SamplingDuration = options.RequestTimeout * 3;
            resilience.Retry.Delay = options.Backoff;
        });
        // Behind the repetitions, so that each attempt is signed with its own time.
        if (options.User.Length > 0)
            client.AddHttpMessageHandler(provider => new BasicAuthentication(
                options.User, cancelled => ReadPasswordAsync(provider.GetRequiredService<DaprClient>(), options.PasswordSecret, cancelled)));
        if (options.Region.Length > 0)
        {
            services.AddAmazonCredentials();
            client.AddHttpMessageHandler(provider => new AmazonSigning(
                provider.GetRequiredService<AWSCredentials>(), options.Region, options.Service, provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton(provider => new OpenSearchClient(provider.GetRequiredService<IHttpClientFactory>().CreateClient("opensearch")));
    }
}
