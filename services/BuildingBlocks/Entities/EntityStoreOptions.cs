using System.Text.Json.Serialization.Metadata;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>
/// What an entity store must know of its entities. <paramref name="Noun"/> names documents, event types and the member that holds the
/// images (<c>thing</c>: <c>thing-&lt;id&gt;</c>, <c>thing-created</c>). <paramref name="Json"/> writes the entity's fields, the same
/// in state and events. <paramref name="Name"/> is what lists filter by, at most 256 characters, null for none.
/// <paramref name="Tags"/> go into every event. A state component holds the entities of one noun.
/// </summary>
public sealed record EntityStoreOptions<TEntity>(
    string Noun,
    JsonTypeInfo<TEntity> Json,
    Func<TEntity, string?> Name,
    IReadOnlyDictionary<string, string>? Tags = null)
    where TEntity : class
{
    /// <summary>How long a mutation may take, waiting for a slot included, before it answers as unavailable; 5 s unless given.</summary>
    public TimeSpan MutationDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a mutation id is remembered; 24 h unless given. It must outlive every retry.</summary>
    public TimeSpan MutationIdLifetime { get; init; } = TimeSpan.FromHours(24);
}
