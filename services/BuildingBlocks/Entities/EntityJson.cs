using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>An entity's fields as JSON text, the same in state and in the images of events.</summary>
internal static class EntityJson
{
    public static ReadOnlyMemory<byte> Write<TEntity>(TEntity entity, JsonTypeInfo<TEntity> type) =>
        JsonSerializer.SerializeToUtf8Bytes(entity, type);

    /// <exception cref="JsonException">The stored text is not such an entity.</exception>
    public static TEntity Read<TEntity>(EntityDocument document, JsonTypeInfo<TEntity> type)
        where TEntity : class =>
        JsonSerializer.Deserialize(document.Data.Span, type) ?? throw new JsonException("The stored entity is null.");
}
