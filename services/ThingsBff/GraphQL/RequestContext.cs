using CloudNative.BuildingBlocks.Entities;
using CloudNative.ThingsBff.FindingThings;

namespace CloudNative.ThingsBff.GraphQL;

/// <summary>What the fields of one operation share.</summary>
internal sealed class RequestContext(IEntityStore<Thing> things) : Dictionary<string, object?>
{
    private ThingLoader? loader;

    public ThingLoader Things => loader ??= new ThingLoader(things);
}
