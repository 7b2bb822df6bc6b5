using CloudNative.BuildingBlocks.Hosting;
using CloudNative.ThingsBff;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults();
builder.AddThings();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapThings();
await app.RunAsync();
