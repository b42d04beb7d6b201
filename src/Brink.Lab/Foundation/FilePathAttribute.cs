namespace Brink.Lab;

/// <summary>Marks a value that names a file or folder. A relative path starts at the folder of the YAML file that has it, else
/// at the working directory. A study holds the full path.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class FilePathAttribute : Attribute;
