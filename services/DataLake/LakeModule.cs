using CloudNative.BuildingBlocks.Buckets;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.DataLake;

/// <summary>What the data lake is made of, and its routes.</summary>
internal static class LakeModule
{
    public static WebApplicationBuilder AddDataLake(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<LakeOptions>()
            .BindConfiguration(LakeOptions.Section)
            .Validate(o => o.IsValid(), "Lake: a setting is out of range, see LakeOptions.")
            .ValidateOnStart();
        services.AddDaprStateStore("lake-index").AddDaprBucket("lake-bucket");
        services.AddListener(listener => (listener.InitialPosition, listener.FaultsUnreadable) = (StartPosition.TrimHorizon, true))
            .OnAny<StoreEvent>();

        services.AddSingleton<HourIndex>().AddSingleton<PagePool>().AddSingleton<SealedPages>().AddSingleton<CorruptLines>();
        services.AddSingleton<OpenPage>().AddSingleton<PageWriter>().AddSingleton<LargeEvents>().AddSingleton<FaultIndex>();
        services.AddSingleton<Flush>().AddSingleton<OrphanPages>();
        services.AddSingleton<HourReader>().AddSingleton<LakeReader>().AddSingleton<Replay>();
        services.AddSingleton<LakeWriter>().AddHostedService(provider => provider.GetRequiredService<LakeWriter>());
        services.AddHostedService<LakeFlusher>();
        return builder;
    }

    public static WebApplication MapDataLake(this WebApplication app)
    {
        app.MapGet("/events", ListEvents.HandleAsync).WithName("ListEvents").WithSummary("Events by timestamp, then arrival");
        app.MapGet("/faults", ListFaults.HandleAsync).WithName("ListFaults").WithSummary("What apps gave up on, newest first");
        app.MapPost("/faults/{id}/resubmit", ResubmitFault.HandleAsync).WithName("ResubmitFault").WithSummary("Sends the original to the app that failed");
        app.MapPost("/replay", ReplayEvents.HandleAsync).WithName("ReplayEvents").WithSummary("Publishes events again, to one app");
        return app;
    }
}
