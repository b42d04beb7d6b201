using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Brink.Architecture.Tests;

/// <summary>A type that is declared in the sources.</summary>
/// <param name="Name">Full name; a nested type's has its declaring types before a plus sign.</param>
/// <param name="Files">Source files relative to the root: several where the type is partial.</param>
internal sealed record CodeType(string Name, ImmutableArray<string> Files, bool IsPublic, bool IsNested, TypeKind Kind);

/// <summary>A place in a source file that refers to a type.</summary>
/// <param name="File">Source file relative to the root.</param>
/// <param name="By">The type, and the member if any, that contains the reference.</param>
/// <param name="Assembly">Assembly of the used type.</param>
/// <param name="Type">Full name of the used type.</param>
/// <param name="Member">Used member of the type; null for the type alone.</param>
internal sealed record Use(string File, string By, string Assembly, string Type, string? Member);

/// <summary>A built assembly, read from its metadata, its instructions and its symbols.</summary>
/// <remarks>Constants are not seen: the compiler puts their values in place of the references.</remarks>
internal sealed class CodeAssembly
{
    // TypeDefinitionDocuments of the portable PDB format: the files of a type without instructions.
    private static readonly Guid TypeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly PEReader _file;
    private readonly MetadataReader _code, _symbols;
    private readonly HashSet<Use> _uses = [];
    private readonly string _root;

    private CodeAssembly(PEReader file, MetadataReader symbols, string root)
    {
        (_file, _code, _symbols, _root) = (file, file.GetMetadataReader(), symbols, root);
        Name = _code.GetString(_code.GetAssemblyDefinition().Name);
        References = [.. _code.AssemblyReferences.Select(handle => _code.GetString(_code.GetAssemblyReference(handle).Name))];
        var files = FilesByType();
        Types = [.. _code.TypeDefinitions.Where(files.ContainsKey).Where(IsWritten).Select(handle => Declared(handle, files[handle]))];
        foreach (var (type, of) in files) AddUses(type, of[0]);
    }

    public string Name { get; }

    /// <summary>Names of the referenced assemblies.</summary>
    public ImmutableArray<string> References { get; }

    public ImmutableArray<CodeType> Types { get; }

    public IReadOnlyCollection<Use> Uses => _uses;

    /// <param name="path">Path of the assembly; its symbols are in the same folder.</param>
    /// <param name="root">Folder to which the paths of sources are relative. Files elsewhere and generated files are left out.</param>
    public static CodeAssembly Read(string path, string root)
    {
        using var file = new PEReader(ImmutableArray.Create(File.ReadAllBytes(path)));
        using var symbols =
            MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(File.ReadAllBytes(Path.ChangeExtension(path, ".pdb"))));
        return new(file, symbols.GetMetadataReader(), root);
    }

    /// <summary>Returns the names of the assemblies that the assembly at a path refers to.</summary>
    public static ImmutableArray<string> ReferencesOf(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var code = file.GetMetadataReader();
        return [.. code.AssemblyReferences.Select(handle => code.GetString(code.GetAssemblyReference(handle).Name))];
    }

    /// <summary>Returns the files of each type. A type without instructions has the files of a type nested in it (its methods may
    /// be iterators), or else those of the declaring type.</summary>
    private Dictionary<TypeDefinitionHandle, ImmutableArray<string>> FilesByType()
    {
        var files = new Dictionary<TypeDefinitionHandle, ImmutableArray<string>>();
        foreach (var handle in _code.TypeDefinitions)
        {
            var own = _code.GetTypeDefinition(handle).GetMethods()
                .Select(FileOf)
                .Concat(Documents(handle))
                .OfType<string>()
                .Distinct()
                .ToImmutableArray();
            if (!own.IsEmpty) files[handle] = own;
        }
        // The metadata lists a declaring type before those nested in it.
        var nested = _code.TypeDefinitions
            .Select(handle => (Type: handle, By: _code.GetTypeDefinition(handle).GetDeclaringType()))
            .Where(one => !one.By.IsNil)
            .ToArray();
        foreach (var (type, by) in nested.Reverse())
            if (files.TryGetValue(type, out var inner)) files.TryAdd(by, inner);
        foreach (var (type, by) in nested)
            if (files.TryGetValue(by, out var outer)) files.TryAdd(type, outer);
        return files;
    }

    private string? FileOf(MethodDefinitionHandle method)
    {
        var points = _symbols.GetMethodDebugInformation(method.ToDebugInformationHandle());
        var document = points.Document.IsNil && !points.SequencePointsBlob.IsNil
            ? points.GetSequencePoints().Select(point => point.Document).FirstOrDefault()
            : points.Document;
        return document.IsNil ? null : Written(document);
    }

    private IEnumerable<string?> Documents(TypeDefinitionHandle type)
    {
        foreach (var handle in _symbols.GetCustomDebugInformation(type))
        {
            var information = _symbols.GetCustomDebugInformation(handle);
            if (_symbols.GetGuid(information.Kind) != TypeDocuments) continue;
            var blob = _symbols.GetBlobReader(information.Value);
            while (blob.RemainingBytes > 0) yield return Written(MetadataTokens.DocumentHandle(blob.ReadCompressedInteger()));
        }
    }

    private string? Written(DocumentHandle document)
    {
        var path = Path.GetRelativePath(_root, _symbols.GetString(_symbols.GetDocument(document).Name)).Replace('\\', '/');
        var isForeign = path.StartsWith("..", StringComparison.Ordinal)
            || path.StartsWith("artifacts/", StringComparison.Ordinal)
            || !File.Exists(Path.Combine(_root, path));
        return isForeign ? null : path;
    }

    private bool IsWritten(TypeDefinitionHandle handle) => !FullName(handle).Contains('<', StringComparison.Ordinal);

    private CodeType Declared(TypeDefinitionHandle handle, ImmutableArray<string> files)
    {
        var type = _code.GetTypeDefinition(handle);
        var visibility = type.Attributes & TypeAttributes.VisibilityMask;
        return new(FullName(handle), files, visibility == TypeAttributes.Public, type.IsNested, KindOf(type));
    }

    private TypeKind KindOf(TypeDefinition type)
    {
        if (type.Attributes.HasFlag(TypeAttributes.Interface)) return TypeKind.Interface;
        if (type.GetMethods().Any(method => _code.GetString(_code.GetMethodDefinition(method).Name) == "PrintMembers"))
            return TypeKind.Record;
        return type.BaseType.Kind == HandleKind.TypeReference ? Named(type.BaseType).Type switch
        {
            "System.Enum" => TypeKind.Enumeration,
            "System.MulticastDelegate" => TypeKind.Delegate,
            _ => TypeKind.Class,
        }
        : TypeKind.Class;
    }

    private void AddUses(TypeDefinitionHandle handle, string file)
    {
        var type = _code.GetTypeDefinition(handle);
        // A compiler-generated type, such as a closure, counts as its declaring type.
        var by = FullName(handle).Split("+<")[0];
        var references = new References(_code);
        references.Add(type.BaseType);
        foreach (var one in type.GetInterfaceImplementations()) references.Add(_code.GetInterfaceImplementation(one).Interface);
        references.AddParameters(type.GetGenericParameters());
        references.AddAttributes(type.GetCustomAttributes());
        foreach (var one in type.GetFields())
        {
            references.AddDeclaration(one);
            references.AddAttributes(_code.GetFieldDefinition(one).GetCustomAttributes());
        }
        foreach (var one in type.GetProperties()) references.AddAttributes(_code.GetPropertyDefinition(one).GetCustomAttributes());
        Add(file, by, references);
        foreach (var method in type.GetMethods()) AddUses(method, FileOf(method) ?? file, by);
    }

    private void AddUses(MethodDefinitionHandle handle, string file, string by)
    {
        var method = _code.GetMethodDefinition(handle);
        var references = new References(_code);
        references.AddDeclaration(handle);
        references.AddParameters(method.GetGenericParameters());
        references.AddAttributes(method.GetCustomAttributes());
        foreach (var parameter in method.GetParameters()) references.AddAttributes(_code.GetParameter(parameter).GetCustomAttributes());
        if (method.RelativeVirtualAddress != 0) references.AddBody(_file.GetMethodBody(method.RelativeVirtualAddress));
        var name = _code.GetString(method.Name);
        Add(file, name.Contains('<', StringComparison.Ordinal) ? by : $"{by}.{name}", references);
    }

    private void Add(string file, string by, References references)
    {
        foreach (var (type, member) in references.All)
        {
            var (assembly, name) = Named(type);
            _uses.Add(new(file, by, assembly, name, member));
        }
    }

    private (string Assembly, string Type) Named(EntityHandle handle)
    {
        if (handle.Kind == HandleKind.TypeDefinition) return (Name, FullName((TypeDefinitionHandle)handle));
        var reference = _code.GetTypeReference((TypeReferenceHandle)handle);
        var name = _code.GetString(reference.Name);
        if (reference.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            var (assembly, outer) = Named(reference.ResolutionScope);
            return (assembly, $"{outer}+{name}");
        }
        var space = _code.GetString(reference.Namespace);
        var assemblyName = reference.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? _code.GetString(_code.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name)
            : Name;
        return (assemblyName, space.Length == 0 ? name : $"{space}.{name}");
    }

    private string FullName(TypeDefinitionHandle handle)
    {
        var type = _code.GetTypeDefinition(handle);
        var name = _code.GetString(type.Name);
        if (type.IsNested) return $"{FullName(type.GetDeclaringType())}+{name}";
        var space = _code.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }
}
