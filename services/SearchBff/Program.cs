using CloudNative.BuildingBlocks.Hosting;
using CloudNative.BuildingBlocks.Listening;
using CloudNative.SearchBff;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddSearch();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapListener();
app.MapSearch();
await app.RunAsync();
