using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Brink.Architecture.Tests;

/// <summary>Types, and members of types, that a declaration or a method's instructions refer to.</summary>
internal sealed class References(MetadataReader code) : ISignatureTypeProvider<bool, bool>
{
    private readonly HashSet<(EntityHandle Type, string? Member)> _all = [];

    /// <summary>Definitions and references of types, with a member's name where a member is referred to.</summary>
    public IReadOnlyCollection<(EntityHandle Type, string? Member)> All => _all;

    public void AddParameters(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => code.GetGenericParameter(parameter).GetConstraints()))
            Add(code.GetGenericParameterConstraint(constraint).Type);
    }

    public void AddAttributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes) Add(code.GetCustomAttribute(attribute).Constructor);
    }

    public void AddBody(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil) code.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, true);
        foreach (var region in body.ExceptionRegions) Add(region.CatchType);
        foreach (var token in Instructions.Tokens(body.GetILReader())) Add(MetadataTokens.EntityHandle(token));
    }

    public void AddDeclaration(FieldDefinitionHandle field) => code.GetFieldDefinition(field).DecodeSignature(this, true);

    public void AddDeclaration(MethodDefinitionHandle method) => code.GetMethodDefinition(method).DecodeSignature(this, true);

    /// <summary>Adds a type, or a member with its type and type arguments. The types in a member's signature are not added: a caller
    /// does not have to refer to them.</summary>
    public void Add(EntityHandle handle)
    {
        if (handle.IsNil) return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition or HandleKind.TypeReference:
                _all.Add((handle, null));
                break;
            case HandleKind.TypeSpecification:
                code.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, true);
                break;
            case HandleKind.MethodDefinition:
                var method = code.GetMethodDefinition((MethodDefinitionHandle)handle);
                _all.Add((method.GetDeclaringType(), code.GetString(method.Name)));
                break;
            case HandleKind.FieldDefinition:
                var field = code.GetFieldDefinition((FieldDefinitionHandle)handle);
                _all.Add((field.GetDeclaringType(), code.GetString(field.Name)));
                break;
            case HandleKind.MethodSpecification:
                var generic = code.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(generic.Method);
                generic.DecodeSignature(this, true);
                break;
            case HandleKind.MemberReference:
                AddMember(code.GetMemberReference((MemberReferenceHandle)handle));
                break;
            case HandleKind.StandaloneSignature:
                code.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(this, true);
                break;
        }
    }

    private void AddMember(MemberReference member)
    {
        // For a member of a constructed generic type, the type arguments are added as well.
        var type = member.Parent.Kind == HandleKind.TypeSpecification
            ? Generic(code.GetTypeSpecification((TypeSpecificationHandle)member.Parent))
            : member.Parent;
        Add(member.Parent);
        if (type.Kind is HandleKind.TypeDefinition or HandleKind.TypeReference) _all.Add((type, code.GetString(member.Name)));
    }

    /// <summary>Returns the definition of a constructed generic type; nil for other types, such as arrays.</summary>
    private EntityHandle Generic(TypeSpecification type)
    {
        var signature = code.GetBlobReader(type.Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance) return default;
        signature.ReadByte();   // class or value type
        return signature.ReadTypeHandle();
    }

    public bool GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => _all.Add((handle, null));

    public bool GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => _all.Add((handle, null));

    public bool GetTypeFromSpecification(MetadataReader reader, bool genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    // A composed type refers only to its components.
    public bool GetArrayType(bool elementType, ArrayShape shape) => true;

    public bool GetByReferenceType(bool elementType) => true;

    public bool GetFunctionPointerType(MethodSignature<bool> signature) => true;

    public bool GetGenericInstantiation(bool genericType, ImmutableArray<bool> typeArguments) => true;

    public bool GetGenericMethodParameter(bool genericContext, int index) => true;

    public bool GetGenericTypeParameter(bool genericContext, int index) => true;

    public bool GetModifiedType(bool modifier, bool unmodifiedType, bool isRequired) => true;

    public bool GetPinnedType(bool elementType) => true;

    public bool GetPointerType(bool elementType) => true;

    public bool GetPrimitiveType(PrimitiveTypeCode typeCode) => true;

    public bool GetSZArrayType(bool elementType) => true;
}
