namespace Brink.Runs;

/// <summary>A key of the manifest, with the type of its value. The type is nullable, since a run may lack the key.</summary>
/// <param name="Name">The key in the store, in snake_case.</param>
public sealed record ManifestKey<T>(string Name);
