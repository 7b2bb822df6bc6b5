using CloudNative.BuildingBlocks.State;

namespace CloudNative.BuildingBlocks.Entities;

internal static class EntityKey
{
    public static string Of(string noun, string id) => $"{noun}-{StateKey.ForId(id)}";
}
