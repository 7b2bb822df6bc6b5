using System.Text.Encodings.Web;
using CloudNative.BuildingBlocks.Entities;
using CloudNative.BuildingBlocks.Publishing;
using CloudNative.ThingsBff.GraphiQL;
using CloudNative.ThingsBff.GraphQL;
using GraphQL;
using GraphQL.Execution;
using GraphQL.SystemTextJson;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CloudNative.ThingsBff;

/// <summary>The parts of this service: its GraphQL endpoint over the store of things.</summary>
internal static class ThingsModule
{
    public static WebApplicationBuilder AddThings(this WebApplicationBuilder builder)
    {
        builder.Services.AddEventPublisher();
        builder.Services.AddEntityStore(
            "things", new EntityStoreOptions<Thing>("thing", ThingJson.Default.Thing, thing => thing.Name));
        return builder.AddThingsApi();
    }

    /// <summary>The API alone, over whatever store of things is registered.</summary>
    public static WebApplicationBuilder AddThingsApi(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);

        services.AddOptions<GraphQLOptions>().BindConfiguration(GraphQLOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GraphQLOptions>, GraphQLOptionsValidator>();
        services.AddSingleton<IErrorInfoProvider, ErrorPresentation>();
        services.AddSingleton<IGraphQLSerializer>(provider => new GraphQLSerializer(
            // Answers are JSON by content type, never part of a page, so only what JSON itself needs is escaped.
            json => json.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, provider.GetRequiredService<IErrorInfoProvider>()));
        services.AddSingleton<ThingsSchema>();
        services.AddSingleton<OperationExecuter>();
        services.AddSingleton<GraphQLEndpoint>();

        services.AddOptions<GraphiQLOptions>().BindConfiguration(GraphiQLOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<GraphiQLOptions>, GraphiQLOptionsValidator>();
        services.AddSingleton<GraphiQLFiles>();
        services.AddSingleton<QueryPages>();
        services.AddHostedService<GraphiQLInstaller>();
        return builder;
    }

    public static WebApplication MapThings(this WebApplication app)
    {
        var endpoint = app.Services.GetRequiredService<GraphQLEndpoint>();
        var pages = app.Services.GetRequiredService<QueryPages>();
        var limit = app.Services.GetRequiredService<IOptions<GraphQLOptions>>().Value.MaxRequestBytes;

        app.MapPost("/graphql", endpoint.PostAsync)
            .WithMetadata(new RequestSizeLimitAttribute(limit))
            .WithName("Execute").WithSummary("Executes GraphQL operations.");
        app.MapGet("/graphql", endpoint.GetAsync)
            .WithName("Query").WithSummary("Executes a GraphQL query, opens GraphiQL in a browser, or tells the schema (?sdl).");
        app.MapGet("/graphql/assets/{name}", pages.WriteAssetAsync)
            .WithName("Assets").WithSummary("Scripts and styles of the pages.");
        return app;
    }
}
