"""Files: bytes outside the database (a folder or an S3-compatible store), looked at before they are kept.

Owns no table. Every key begins with the organisation: ``<org_id>/uploads/<id>/<offset>`` are the parts
of what is still arriving, ``<org_id>/files/<id>`` what is whole, ``<org_id>/thumbnails/<id>`` its picture.
"""
