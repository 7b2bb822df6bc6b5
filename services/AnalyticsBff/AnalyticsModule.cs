using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.BuildingBlocks.State;

namespace CloudNative.AnalyticsBff;

/// <summary>What the analytics BFF is made of, and its routes.</summary>
internal static class AnalyticsModule
{
    public static WebApplicationBuilder AddAnalytics(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AnalyticsOptions>()
            .BindConfiguration(AnalyticsOptions.Section)
            .Validate(o => o.IsValid(), "Analytics: a setting is out of range, see AnalyticsOptions.")
            .Validate(o => TypeFilter.IsPattern(o.ByType), "Analytics:ByType is no regular expression, or one with look-around or back-references.")
            .ValidateOnStart();
        services.AddDaprStateStore("analytics").AddCursorKey();
        services.AddListener(listener => (listener.InitialPosition, listener.Lanes) = (StartPosition.TrimHorizon, 32))
            .OnAny<CountEvent>();

        services.AddSingleton<TypeFilter>().AddSingleton<CountingRules>().AddSingleton<RawEvents>();
        services.AddSingleton<ViewCatalogue>().AddSingleton<ViewSet>().AddSingleton<Enrolment>();
        services.AddSingleton<CounterBatch>().AddSingleton<ViewWriter>();
        services.AddSingleton<CounterWriter>().AddHostedService(provider => provider.GetRequiredService<CounterWriter>());
        services.AddSingleton<TotalsReader>();
        services.AddSingleton<IDataLake, DataLakeApp>().AddSingleton<Rebuild>();
        services.AddSingleton<RebuildService>().AddHostedService(provider => provider.GetRequiredService<RebuildService>());
        return builder;
    }

    public static WebApplication MapAnalytics(this WebApplication app)
    {
        app.MapGet("/query", QueryTotals.HandleAsync).WithName("QueryTotals").WithSummary("Totals by user and month");
        app.MapGet("/events/{id}", FindRawEvent.HandleAsync).WithName("FindRawEvent").WithSummary("A counted event, for an hour after its timestamp");
        app.MapPost("/rebuild", RebuildView.StartAsync).WithName("StartRebuild").WithSummary("Counts everything in the lake into a new view");
        app.MapGet("/rebuild", RebuildView.StatusAsync).WithName("ShowRebuild").WithSummary("Which view is live, and which is being built");
        return app;
    }
}
