namespace Brink.Architecture.Tests;

/// <summary>Kinds of types; a structure counts as a class, and a record structure as a record.</summary>
public enum TypeKind
{
    Class,
    Interface,
    Record,
    Enumeration,
    Delegate,
}
