using CloudNative.AnalyticsBff;
using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddAnalytics();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapListener();
app.MapAnalytics();
await app.RunAsync();
