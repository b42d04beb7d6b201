namespace Brink.Lab;

/// <summary>Marks a value that names a file or folder: where it is relative, it starts at the folder of the YAML file that says
/// it, else at the working directory. A study holds it in full.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class FilePathAttribute : Attribute;
