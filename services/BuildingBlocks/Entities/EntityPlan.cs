using CloudNative.BuildingBlocks.Directories;
using CloudNative.BuildingBlocks.Events;

namespace CloudNative.BuildingBlocks.Entities;

/// <summary>What a decision comes to for one state of the entity, worked out before anything is written.</summary>
internal abstract record EntityPlan<TEntity>
    where TEntity : class
{
    private EntityPlan()
    {
    }

    /// <summary>A new version with its event. <paramref name="IsListingChanged"/>: the entity's entry in the directory must be written too.</summary>
    public sealed record Change(
        EntityDocument After, TEntity? Entity, string? FoldedName, bool IsListingChanged, OutgoingEvent Event) : EntityPlan<TEntity>;

    /// <summary>The entity stays as it is.</summary>
    public sealed record Nothing(EntityDocument Current, TEntity? Entity) : EntityPlan<TEntity>;

    public sealed record Refusal(MutationOutcome<TEntity> Outcome) : EntityPlan<TEntity>;
}

/// <summary>The pure part of a mutation: from the entity as it is and the caller's decision to what is to be written.</summary>
internal sealed class EntityPlanner<TEntity>(EntityStoreOptions<TEntity> options)
    where TEntity : class
{
    private static readonly Dictionary<string, string> NoTags = [];

    public EntityPlan<TEntity> Plan(Mutation<TEntity> mutation, EntityDocument before, DateTimeOffset now)
    {
        var current = before.IsLive ? EntityJson.Read(before, options.Json) : null;
        var versioned = current is null ? null : new Versioned<TEntity>(mutation.Id, current, before.Version);
        return mutation.Decide(versioned) switch
        {
            Decision<TEntity>.Save save => Saved(mutation.Id, before, current, save.Next, now),
            Decision<TEntity>.Delete when current is not null => Deleted(mutation.Id, before, now),
            Decision<TEntity>.Conflict conflict => new EntityPlan<TEntity>.Refusal(new MutationOutcome<TEntity>.Conflict(conflict.Reason)),
            Decision<TEntity>.Invalid invalid => Invalid(invalid.Reason),
            _ => new EntityPlan<TEntity>.Nothing(before, current),
        };
    }

    private EntityPlan<TEntity> Saved(string id, EntityDocument before, TEntity? current, TEntity next, DateTimeOffset now)
    {
        var name = options.Name(next);
        if (EntityLimits.FaultOfName(name) is { } fault)
            return Invalid(fault);
        var after = new EntityDocument(before.Version + 1, EntityJson.Write(next, options.Json));
        if (after.Data.Span.SequenceEqual(before.Data.Span))
            return new EntityPlan<TEntity>.Nothing(before, current);
        var folded = NameFilter.Fold(name);
        var isListingChanged = current is null || folded != NameFilter.Fold(options.Name(current));
        return Fitting(new EntityPlan<TEntity>.Change(after, next, folded, isListingChanged, Event(id, before, after, now)));
    }

    private EntityPlan<TEntity> Deleted(string id, EntityDocument before, DateTimeOffset now)
    {
        var after = new EntityDocument(before.Version + 1, default);
        return Fitting(new EntityPlan<TEntity>.Change(after, null, null, IsListingChanged: true, Event(id, before, after, now)));
    }

    private static EntityPlan<TEntity> Fitting(EntityPlan<TEntity>.Change change) => change.Event.Document.Length <= EntityLimits.EventBytes
        ? change
        : Invalid($"The event would be larger than {EntityLimits.EventBytes / 1024} KB; it holds the entity before and after.");

    private OutgoingEvent Event(string id, EntityDocument before, EntityDocument after, DateTimeOffset now) =>
        EntityEvent.Of(options.Noun, id, before, after, now.ToUnixTimeMilliseconds(), options.Tags ?? NoTags);

    private static EntityPlan<TEntity>.Refusal Invalid(string reason) => new(new MutationOutcome<TEntity>.Invalid(reason));
}
