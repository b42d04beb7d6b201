namespace Brink.Zoo.Checkpoints;

/// <summary>The name of an entry of the archive that holds elements of tensors.</summary>
/// <param name="Key">Name of the entry in the folder <c>data</c>.</param>
/// <param name="Type">Type of the elements; null where each tensor has its own.</param>
internal sealed record StorageReference(string Key, ScalarType? Type)
{
    /// <summary>Reads ("storage", type, key, device, count).</summary>
    /// <exception cref="InvalidDataException">The persistent id does not have this form.</exception>
    public static StorageReference Of(object? id) =>
        id is object?[] and ["storage", PickledGlobal { IsStorage: true } storage, string key, string, long, ..]
            ? new(key, storage.Type)
            : throw new InvalidDataException("a storage has no type and key; the file is damaged, save it again");
}
