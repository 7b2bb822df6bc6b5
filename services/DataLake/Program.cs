using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.DataLake;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddDataLake();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapListener();
app.MapDataLake();
await app.RunAsync();
