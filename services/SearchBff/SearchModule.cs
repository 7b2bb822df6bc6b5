using System.Text.Encodings.Web;
using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;
using CloudNative.SearchBff.Detailing;
using CloudNative.SearchBff.Embedded;
using CloudNative.SearchBff.Indexing;
using CloudNative.SearchBff.Linking;
using CloudNative.SearchBff.OpenSearch;
using CloudNative.SearchBff.Rebuilding;
using CloudNative.SearchBff.Searching;
using Dapr.Client;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CloudNative.SearchBff;

/// <summary>What the search BFF is made of, and its routes.</summary>
internal static class SearchModule
{
    public static WebApplicationBuilder AddSearch(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddDaprStateStore("search").AddDaprBucket("things-bucket");
        services.AddListener(listener => (listener.InitialPosition, listener.FurtherTopics) = (StartPosition.TrimHorizon, [DetailChanged.Topic]))
            .On<OnThingChanged>(ThingChange.Created, ThingChange.Updated, ThingChange.Deleted)
            .On<OnDetailChanged>(DetailChanged.Type);
        services.AddSingleton<ThingViews>().AddSingleton<DetailObjects>();

        services.AddOptions<IndexingOptions>()
            .BindConfiguration(IndexingOptions.Section)
            .Validate(o => o.IsValid(), "Indexing: a setting is out of range, see IndexingOptions.")
            .ValidateOnStart();
        services.AddSingleton<IndexingMetrics>();
        services.AddSingleton<IndexQueue>().AddHostedService(provider => provider.GetRequiredService<IndexQueue>());
        if (!services.TryAddOpenSearch(builder.Configuration))
            services.AddEmbeddedIndex();
        services.AddDetailLinks(builder.Configuration);
        services.AddRebuild();

        // Answers are JSON by content type, never part of a page, so only what JSON itself needs is escaped.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return builder;
    }

    public static WebApplication MapSearch(this WebApplication app)
    {
        app.MapGet("/search", SearchThings.HandleAsync).WithName("SearchThings").WithSummary("Finds things by what is typed into a search box");
        app.MapGet("/things/{key}", GetDetail.HandleAsync).WithName("GetDetail").WithSummary("The detail document a hit links to");
        app.MapPost("/rebuild", RebuildIndex.BeginAsync).WithName("Rebuild").WithSummary("Builds a new index from the lake and switches to it");
        app.MapGet("/rebuild", RebuildIndex.Get).WithName("GetRebuild").WithSummary("How far the rebuild is");
        return app;
    }

    private static void AddRebuild(this IServiceCollection services)
    {
        services.AddOptions<RebuildOptions>()
            .BindConfiguration(RebuildOptions.Section)
            .Validate(o => o.IsValid(), "Rebuild: a setting is out of range, see RebuildOptions.")
            .ValidateOnStart();
        services.TryAddSingleton<ILakeReplay>(provider => new LakeReplay(
            DaprClient.CreateInvokeHttpClient(provider.GetRequiredService<IOptions<RebuildOptions>>().Value.Lake), provider.GetRequiredService<AppIdentity>()));
        services.AddSingleton<Rebuild>().AddHostedService(provider => provider.GetRequiredService<Rebuild>());
    }

    private static void AddEmbeddedIndex(this IServiceCollection services)
    {
        services.AddOptions<EmbeddedIndexOptions>()
            .BindConfiguration(EmbeddedIndexOptions.Section)
            .Validate(o => o.IsValid(), "EmbeddedIndex: a setting is out of range, see EmbeddedIndexOptions.")
            .ValidateOnStart();
        services.TryAddSingleton<ISearchIndex, EmbeddedSearchIndex>();
    }

    private static void AddDetailLinks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DetailLinkOptions>()
            .BindConfiguration(DetailLinkOptions.Section)
            .Validate(o => o.IsValid(), "DetailLinks: a bucket needs a region, and a link lives from 1 s to 7 days.")
            .ValidateOnStart();
        if (string.IsNullOrEmpty(configuration[$"{DetailLinkOptions.Section}:Bucket"]))
        {
            services.TryAddSingleton<IDetailLinks, AppLinks>();
            return;
        }

        services.AddAmazonCredentials();
        services.TryAddSingleton<IDetailLinks, PresignedLinks>();
    }
}
